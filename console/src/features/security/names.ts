interface Telephone {
  id: string;
  user: string;
  name?: string;
  username?: string | null;
}
interface Person {
  id: string;
  name?: string;
}

/** By the name that a telephone registers with: whose it is, as people say it. */
export function namesOf(devices: Telephone[], users: Person[]): Map<string, string> {
  const people = new Map(users.map((user) => [user.id, user.name || user.id]));
  return new Map(
    devices.flatMap((device) => {
      if (!device.username) return [];
      const person = people.get(device.user) ?? device.user;
      return [[device.username, device.name ? `${person} · ${device.name}` : person]];
    }),
  );
}
