-- A recreated topic starts at offset 0 again: its messages are told from the former ones by when they were sent.
ALTER TABLE dead_letters ADD COLUMN sent_at timestamptz(3) NOT NULL DEFAULT 'epoch';
DROP INDEX dead_letters_message;
CREATE UNIQUE INDEX dead_letters_message ON dead_letters (topic, partition, "offset", sent_at);

-- Why in words; and of a message that was cut, what it was as a whole.
ALTER TABLE dead_letters ADD COLUMN message text NOT NULL DEFAULT '';
ALTER TABLE dead_letters ADD COLUMN n_bytes integer NOT NULL DEFAULT 0;
ALTER TABLE dead_letters ADD COLUMN sha256 text NOT NULL DEFAULT '';
ALTER TABLE dead_letters ALTER COLUMN headers SET DEFAULT '[]';

-- Serves: the dead letters that wait to be looked at or replayed, in the order in which they came.
CREATE INDEX dead_letters_waiting ON dead_letters (dead_letter_id) WHERE replayed_at IS NULL;
