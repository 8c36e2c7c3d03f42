-- Every change of the settings: who, when, by which door, from, to and why. A row also holds what stood from then on, so
-- that any version can be brought back, and that a row of settings edited to nonsense has a last good value.
CREATE TABLE settings_versions (
  version     integer PRIMARY KEY CHECK (version > 0),
  changed_at  timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  changed_by  text,
  door        text NOT NULL CHECK (door IN ('graphql', 'kafka', 'schedule')),
  is_verified boolean NOT NULL,
  reason      text,
  changes     jsonb NOT NULL,
  held        jsonb NOT NULL,
  command_id  shop_id NOT NULL
);
