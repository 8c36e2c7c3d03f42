/** Do something again and again, never twice at once; returns how to call it off. */
export function every(ms: number, work: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | null = null;
  const schedule = () => {
    timer = setTimeout(() => {
      void work().finally(() => {
        if (timer !== null) schedule();
      });
    }, ms);
  };
  schedule();
  return () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
}
