import { forbidden } from "./errors.js";

/** Who asks, and what they may do. */
export interface Caller {
  readonly userId: string | null;
  readonly canReadAnyUser: boolean;
  readonly canWriteAnyUser: boolean;
  readonly isAdmin: boolean;
  /** May read the schema: the gateway does, a shopper in production does not. */
  readonly canReadSchema: boolean;
  /** Came through the router, with its secret: what it says of others is believed. */
  readonly isViaRouter: boolean;
}

/** True when the caller may see this shopper's lists. */
export function canReadUser(caller: Caller, userId: string): boolean {
  return caller.canReadAnyUser || caller.userId === userId;
}

/** @throws GraphQLError FORBIDDEN when the lists of this shopper are not the caller's to see */
export function requireUser(caller: Caller, userId: string): void {
  if (canReadUser(caller, userId)) return;
  throw forbidden(
    "Cannot read a shopper's recommendations: their own sign-in or scope recommendations:read:any is required",
  );
}

/** @throws GraphQLError FORBIDDEN when the caller is no administrator */
export function requireAdmin(caller: Caller, action: string): void {
  if (caller.isAdmin) return;
  throw forbidden(`Cannot ${action}: the scope recommendations:admin, or in development the admin token, is required`);
}

/** What `canWriteUsers` asks for, in words. */
export const WRITE_REQUIREMENT = "the shopper's own sign-in or scope interactions:write is required";

/** True when the caller may speak for all of these shoppers; events without one are anybody's. */
export function canWriteUsers(caller: Caller, userIds: readonly (string | null | undefined)[]): boolean {
  if (caller.canWriteAnyUser) return true;
  return userIds.every((userId) => userId === null || userId === undefined || userId === caller.userId);
}

/** True when the caller may say what the catalogue holds. */
export function canWriteProducts(caller: Caller): boolean {
  return caller.canWriteAnyUser || caller.isAdmin;
}

/** @throws GraphQLError FORBIDDEN when one of the events belongs to a shopper the caller may not speak for */
export function requireWriter(caller: Caller, userIds: readonly (string | null | undefined)[]): void {
  if (canWriteUsers(caller, userIds)) return;
  throw forbidden(`Cannot record interactions: ${WRITE_REQUIREMENT}`);
}
