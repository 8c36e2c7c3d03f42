-- A candidate that was worse than the served model is kept, but serves only when somebody asks for it.
ALTER TABLE models DROP CONSTRAINT models_status_check;
ALTER TABLE models ADD CONSTRAINT models_status_check CHECK (status IN ('active', 'retired', 'refused'));
ALTER TABLE training_runs DROP CONSTRAINT training_runs_status_check;
ALTER TABLE training_runs ADD CONSTRAINT training_runs_status_check
  CHECK (status IN ('running', 'succeeded', 'refused', 'failed'));

-- Compressed already when written.
CREATE TABLE model_held_out (
  version  integer NOT NULL REFERENCES models (version) ON DELETE CASCADE,
  position integer NOT NULL,
  bytes    bytea NOT NULL,
  PRIMARY KEY (version, position)
);
ALTER TABLE model_held_out ALTER COLUMN bytes SET STORAGE EXTERNAL;
