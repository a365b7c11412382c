/** What was done to a document, so that it can be undone and done again. Pure. */
export interface History<T> {
  past: T[];
  now: T;
  future: T[];
  /** What the last change was about: typing on in one field is one change. */
  about: string;
}

export type Act<T> =
  | { type: "change"; by: (now: T) => T; about?: string }
  | { type: "undo" }
  | { type: "redo" }
  | { type: "begin"; with: T };

const KEPT = 200;

export function begun<T>(now: T): History<T> {
  return { past: [], now, future: [], about: "" };
}

export function historyReducer<T>(history: History<T>, act: Act<T>): History<T> {
  switch (act.type) {
    case "begin":
      return begun(act.with);
    case "undo": {
      const before = history.past.at(-1);
      if (before === undefined) return history;
      return {
        past: history.past.slice(0, -1),
        now: before,
        future: [history.now, ...history.future],
        about: "",
      };
    }
    case "redo": {
      const [next, ...rest] = history.future;
      if (next === undefined) return history;
      return { past: [...history.past, history.now], now: next, future: rest, about: "" };
    }
    case "change": {
      const to = act.by(history.now);
      if (to === history.now) return history;
      const goesOn = act.about !== undefined && act.about === history.about && history.past.length > 0;
      const past = goesOn ? history.past : [...history.past, history.now].slice(-KEPT);
      return { past, now: to, future: [], about: act.about ?? "" };
    }
  }
}
