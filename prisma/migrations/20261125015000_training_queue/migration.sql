-- A run begins as a wish: who asked, under which key, and how far the worker that took it has come.
ALTER TABLE training_runs DROP CONSTRAINT training_runs_status_check;
ALTER TABLE training_runs ADD CONSTRAINT training_runs_status_check
  CHECK (status IN ('queued', 'running', 'succeeded', 'refused', 'failed', 'cancelled'));
ALTER TABLE training_runs ALTER COLUMN started_at DROP NOT NULL;
ALTER TABLE training_runs ALTER COLUMN started_at DROP DEFAULT;
ALTER TABLE training_runs
  ADD COLUMN idempotency_key text,
  ADD COLUMN requested_by text,
  ADD COLUMN requested_at timestamptz(3) NOT NULL DEFAULT now(),
  ADD COLUMN worker text,
  ADD COLUMN attempt integer NOT NULL DEFAULT 0,
  ADD COLUMN heartbeat_at timestamptz(3),
  ADD COLUMN stage text,
  ADD COLUMN progress finite CHECK (progress BETWEEN 0 AND 1),
  ADD COLUMN cancel_requested boolean NOT NULL DEFAULT false;
-- Whatever ran when this was applied had no lease, and nobody waits for it.
UPDATE training_runs SET status = 'failed', error = 'cut off', finished_at = now() WHERE status = 'running';
CREATE UNIQUE INDEX training_runs_key ON training_runs (idempotency_key);
-- One training at a time, and one that waits, whatever the number of replicas.
CREATE UNIQUE INDEX training_runs_one_running ON training_runs (status) WHERE status = 'running';
CREATE UNIQUE INDEX training_runs_one_queued ON training_runs (status) WHERE status = 'queued';

-- A pinned model serves until somebody lets it go, whatever is trained meanwhile.
ALTER TABLE models ADD COLUMN is_pinned boolean NOT NULL DEFAULT false;
ALTER TABLE models ADD CONSTRAINT models_pinned_serves CHECK (NOT is_pinned OR status = 'active');
