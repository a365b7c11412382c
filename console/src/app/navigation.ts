/** The console's map: what stands at the side, in which order, and who is shown it. */
import {
  IconActivity,
  IconBuilding,
  IconClock,
  IconHeartbeat,
  IconHistory,
  IconHome,
  IconMusic,
  IconPackage,
  IconPhone,
  IconPhoneCall,
  IconPhoneOutgoing,
  IconRoute,
  IconSettings,
  IconShieldLock,
  IconUserCircle,
  IconUserShield,
  IconUsers,
  IconUsersGroup,
  IconVersions,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { Action, Me } from "@/api/session";

export interface Place {
  /** The word for it: `nav.KEY` of the common catalogue. */
  key: string;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  /** Below /t/TENANT, or /platform for those of the platform. */
  path: string;
  /** What an account must be allowed to do; none: everybody. */
  action?: Action;
  /** More than an action decides. */
  when?: (me: Me) => boolean;
}

export interface Area {
  key: string;
  places: Place[];
}

/** Of one company. */
export const TENANT_AREAS: Area[] = [
  {
    key: "now",
    places: [
      { key: "start", icon: IconHome, path: "start", action: "config.read" },
      { key: "live", icon: IconActivity, path: "live", action: "live.read" },
      { key: "calls", icon: IconPhoneCall, path: "calls", action: "calls.read" },
    ],
  },
  {
    key: "company",
    places: [
      { key: "people", icon: IconUsers, path: "people", action: "config.read" },
      { key: "numbers", icon: IconPhone, path: "numbers", action: "config.read" },
      { key: "hours", icon: IconClock, path: "hours", action: "config.read" },
      { key: "teams", icon: IconUsersGroup, path: "teams", action: "config.read" },
      { key: "flows", icon: IconRoute, path: "flows", action: "config.read" },
      { key: "outbound", icon: IconPhoneOutgoing, path: "outbound", action: "config.read" },
      { key: "sounds", icon: IconMusic, path: "sounds", action: "config.read" },
    ],
  },
  {
    key: "care",
    places: [
      { key: "publication", icon: IconVersions, path: "publication", action: "config.read" },
      { key: "security", icon: IconShieldLock, path: "security", action: "audit.read" },
      { key: "settings", icon: IconSettings, path: "settings", action: "config.read" },
      { key: "audit", icon: IconHistory, path: "audit", action: "audit.read" },
    ],
  },
  {
    key: "own",
    places: [
      { key: "me", icon: IconUserCircle, path: "me", action: "own.read", when: (me) => me.user !== "" },
    ],
  },
];

/** Of who hosts many companies. */
export const PLATFORM_PLACES: Place[] = [
  { key: "tenants", icon: IconBuilding, path: "tenants", action: "tenants.write" },
  { key: "plans", icon: IconPackage, path: "plans", action: "tenants.write" },
  { key: "health", icon: IconHeartbeat, path: "health", action: "platform.read" },
  { key: "accounts", icon: IconUserShield, path: "accounts", action: "platform.read" },
  { key: "security", icon: IconShieldLock, path: "security", action: "platform.read" },
];

export function offered(place: Place, me: Me): boolean {
  return (!place.action || me.may.includes(place.action)) && (place.when?.(me) ?? true);
}
