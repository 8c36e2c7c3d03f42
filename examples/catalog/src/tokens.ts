/** What Nest hands parts out by that are interfaces: those leave nothing at run time to ask for. */
export const CONFIGURATION = Symbol("configuration");
export const DOOR = Symbol("door");
export const SIGNING_KEY = Symbol("signing key");
