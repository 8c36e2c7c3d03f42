import type { ReactNode } from "react";

/** In place of what a page would show: nothing there, or nobody answered. */
export function Notice({ title, children, onRetry }: { title: string; children: ReactNode; onRetry?: () => void }) {
  return (
    <div className="empty" role={onRetry ? "alert" : undefined}>
      <h2>{title}</h2>
      <p>{children}</p>
      {onRetry && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** The catalogue or the gateway does not answer. */
export function ShopUnreachable({ onRetry }: { onRetry: () => void }) {
  return (
    <Notice title="The shop does not answer" onRetry={onRetry}>
      That is on our side. Please try again in a moment.
    </Notice>
  );
}
