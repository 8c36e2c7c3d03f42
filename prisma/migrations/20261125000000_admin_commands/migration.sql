-- What somebody asked of the engine, by whichever door. The id makes that a command acts once, however often it is sent.
CREATE TABLE admin_commands (
  command_id   shop_id PRIMARY KEY,
  type         text NOT NULL,
  body         jsonb NOT NULL,
  door         text NOT NULL CHECK (door IN ('graphql', 'kafka', 'schedule')),
  issued_by    text,
  issued_at    timestamptz(3),
  is_verified  boolean NOT NULL DEFAULT false,
  received_at  timestamptz(3) NOT NULL DEFAULT now(),
  status       text NOT NULL DEFAULT 'received' CHECK (status IN ('received', 'accepted', 'refused')),
  outcome      jsonb,
  decided_at   timestamptz(3),
  published_at timestamptz(3)
);
-- Serves: the commands that wait for a decision, oldest first.
CREATE INDEX admin_commands_waiting ON admin_commands (received_at, command_id) WHERE status = 'received';
