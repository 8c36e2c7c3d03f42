import type { CommandDoor } from "./adminCommand.js";
import type { SettingName, SettingValues } from "./setting.js";

/** The settings that hold, and how often they have been changed; 0 before the first change. */
export interface SettingsState {
  readonly version: number;
  readonly values: SettingValues;
}

/** What one setting was changed from and to. */
export interface SettingChange {
  readonly name: SettingName;
  readonly from: SettingValues[SettingName];
  readonly to: SettingValues[SettingName];
}

/** One change of the settings as the audit has it. */
export interface SettingsVersion {
  readonly version: number;
  readonly changedAt: Date;
  readonly changedBy: string | null;
  readonly door: CommandDoor;
  /** True when the sender had proved who they are; otherwise `changedBy` is only claimed. */
  readonly isVerified: boolean;
  readonly reason: string | null;
  readonly changes: readonly SettingChange[];
  readonly commandId: string;
}
