/** How hard a password is to guess, by what counts most: its length, and that it is made of different things. */
export const LEVELS = ["empty", "short", "weak", "fair", "good", "strong"] as const;
export type Level = (typeof LEVELS)[number];

/** The API asks for as many characters. */
export const SHORTEST = 10;

const SEQUENCES = ["01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

/** Characters that follow from the one before, on a keyboard, in the alphabet or by being the same, say little. */
function surprising(text: string): number {
  let count = 0;
  for (const [index, letter] of [...text].entries()) {
    const pair = (text[index - 1] ?? "") + letter;
    const follows =
      pair.length === 2 &&
      (pair[0] === pair[1] ||
        SEQUENCES.some((row) => row.includes(pair) || [...row].reverse().join("").includes(pair)));
    count += follows ? 0.25 : 1;
  }
  return count;
}

/** `own`: words that others know of the person: name, mail address, company. */
export function strength(password: string, own: readonly string[] = []): Level {
  if (password === "") return "empty";
  if (password.length < SHORTEST) return "short";
  let rest = password.toLowerCase();
  for (const word of ["centralita", "password", "contraseña", "contrasena", ...own.flatMap(parts)]) {
    rest = rest.replaceAll(word, "");
  }
  if (new Set(password.toLowerCase()).size < 5) return "weak";
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u].filter((kind) => kind.test(password)).length;
  const worth = surprising(rest) + (kinds - 1) * 1.5;
  if (worth < 9) return "weak";
  if (worth < 13) return "fair";
  return worth < 18 ? "good" : "strong";
}

function parts(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((part) => part.length >= 3);
}
