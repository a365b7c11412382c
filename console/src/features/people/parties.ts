interface CallLike {
  caller: string;
  caller_name: string;
  caller_user: string;
  dialled: string;
}

/** Who is at the other end of somebody's call; an empty number is a withheld one. */
export function otherParty(call: CallLike, user: string): { made: boolean; number: string; name: string } {
  if (call.caller_user === user) return { made: true, number: call.dialled, name: "" };
  return { made: false, number: call.caller, name: call.caller_name };
}
