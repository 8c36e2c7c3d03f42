-- Serves: what was accepted since the training, for the trend of right now. Rows stand in the order they came, so a block
-- range index finds them at next to no cost for the writes.
CREATE INDEX interactions_received ON interactions USING brin (received_at)
  WITH (pages_per_range = 16, autosummarize = on);
