/** For what is waited for: long enough for the busiest machine, since nothing here asserts a duration. */
export const PATIENCE = { timeout: 50_000, interval: 20 };
