-- What merchandisers want of products, one row a rule. Who changed it and why stands with the command that did.
CREATE TABLE merchandising_rules (
  rule_id    shop_id PRIMARY KEY,
  rule       jsonb NOT NULL,
  updated_by text,
  updated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER merchandising_rules_changed AFTER INSERT OR UPDATE OR DELETE ON merchandising_rules
  FOR EACH STATEMENT EXECUTE FUNCTION notify_changed();
