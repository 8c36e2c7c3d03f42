/** By which door a command came. */
export const COMMAND_DOORS = ["graphql", "kafka", "schedule"] as const;
export type CommandDoor = (typeof COMMAND_DOORS)[number];

/** What an administrator, or a program of the admin panel, asks of the engine. It acts once per id. */
export interface AdminCommand {
  readonly commandId: string;
  readonly type: string;
  /** Fields that depend on the type, such as parameter_name and value. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly door: CommandDoor;
  readonly issuedBy: string | null;
  readonly issuedAtMs: number | null;
  /** True when the sender has proved who they are; otherwise `issuedBy` is only claimed. */
  readonly isVerified: boolean;
}
