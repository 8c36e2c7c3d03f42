-- Serves: the outcomes that are still to be told to whoever sent a command by topic, in the order of the decisions.
CREATE INDEX admin_commands_unpublished ON admin_commands (decided_at, command_id)
  WHERE door = 'kafka' AND decided_at IS NOT NULL AND published_at IS NULL;
