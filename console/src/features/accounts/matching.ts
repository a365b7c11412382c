import type { Account } from "./accounts";

/** Without accents and capitals, as people search. */
function plain(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/\p{Diacritic}/gu, "")
    .toLowerCase();
}

/** The accounts in whose name or address all words are. */
export function matching(accounts: Account[], search: string): Account[] {
  const words = plain(search).split(/\s+/).filter(Boolean);
  return accounts.filter((account) => {
    const text = plain(`${account.name} ${account.login}`);
    return words.every((word) => text.includes(word));
  });
}
