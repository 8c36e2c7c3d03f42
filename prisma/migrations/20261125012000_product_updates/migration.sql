-- How many are left, beside what was said of availability: null leaves it to the stock. What is stored as available so far
-- mostly was never said.
ALTER TABLE products
  ADD COLUMN stock finite,
  ADD COLUMN version bigint,
  ADD COLUMN sent_at timestamptz(3),
  ADD COLUMN tombstone_at timestamptz(3),
  ALTER COLUMN is_available DROP NOT NULL,
  ALTER COLUMN is_available DROP DEFAULT;
UPDATE products SET is_available = NULL WHERE is_available;

-- Wakes the replicas at commit: once per transaction, since PostgreSQL sends equal notifications of one transaction once.
-- Statements that change products only: the stubs of an interaction write are insertions that never update, so no
-- interaction write notifies, whose commits would then wait for each other.
CREATE FUNCTION notify_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('recommender_changed', '');
  RETURN NULL;
END $$;
CREATE TRIGGER products_changed AFTER UPDATE OR DELETE ON products FOR EACH STATEMENT EXECUTE FUNCTION notify_changed();
CREATE TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE ON settings
  FOR EACH STATEMENT EXECUTE FUNCTION notify_changed();
CREATE TRIGGER models_changed AFTER INSERT OR UPDATE OR DELETE ON models
  FOR EACH STATEMENT EXECUTE FUNCTION notify_changed();
