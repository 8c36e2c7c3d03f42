/**
 * The oldest time that is kept when interactions are kept for so many whole months besides the current one, in UTC as
 * their partitions are; 0, which is older than all, when everything is.
 */
export function oldestKeptMs(nowMs: number, months: number): number {
  if (months === 0) return 0;
  const now = new Date(nowMs);
  return Math.max(0, Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - Math.ceil(months), 1));
}
