-- Laid over the scratch database by its superuser: at each step of a message's way a transaction stops for as long as the harness
-- holds the step's lock, or tells of its commit; and what no table of Muse keeps is written down: who claimed what, under whose hands.
CREATE SCHEMA chaos;
GRANT USAGE ON SCHEMA chaos TO PUBLIC;

CREATE TABLE chaos.claims (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    claimed_by text,
    delivery_epoch bigint NOT NULL,
    epoch bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE chaos.doubts (
    delivery_id uuid PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION chaos.hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_lock_shared(7311, TG_ARGV[0]::integer);
    PERFORM pg_advisory_unlock_shared(7311, TG_ARGV[0]::integer);
    RETURN NEW;
END $$;

CREATE FUNCTION chaos.tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_try_advisory_lock_shared(7311, TG_ARGV[0]::integer) THEN
        PERFORM pg_advisory_unlock_shared(7311, TG_ARGV[0]::integer);
    ELSE
        PERFORM pg_notify('chaos', TG_ARGV[0] || ' ' || pg_backend_pid());
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION chaos.note_claim() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO chaos.claims (delivery_id, conversation_id, claimed_by, delivery_epoch, epoch)
        SELECT NEW.id, c.id, NEW.claimed_by, NEW.owner_epoch, c.owner_epoch FROM public.conversations c
        WHERE c.id = NEW.conversation_id;
    RETURN NEW;
END $$;

CREATE FUNCTION chaos.note_doubt() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO chaos.doubts (delivery_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
    RETURN NEW;
END $$;

-- the numbers are those of evals/chaos/steps.py
CREATE TRIGGER chaos_1 BEFORE INSERT ON raw_events FOR EACH ROW EXECUTE FUNCTION chaos.hold(1);
CREATE CONSTRAINT TRIGGER chaos_2 AFTER INSERT ON messages DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.direction = 'in') EXECUTE FUNCTION chaos.hold(2);
CREATE TRIGGER chaos_3 AFTER INSERT ON messages FOR EACH ROW WHEN (NEW.direction = 'in') EXECUTE FUNCTION chaos.tell(3);
CREATE TRIGGER chaos_4 BEFORE UPDATE ON conversations FOR EACH ROW WHEN (NEW.fence > OLD.fence) EXECUTE FUNCTION chaos.hold(4);
CREATE CONSTRAINT TRIGGER chaos_7 AFTER INSERT ON turns DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION chaos.hold(7);
CREATE TRIGGER chaos_8 AFTER INSERT ON turns FOR EACH ROW EXECUTE FUNCTION chaos.tell(8);
CREATE TRIGGER chaos_9 BEFORE UPDATE ON deliveries FOR EACH ROW
    WHEN (NEW.state = 'sending' AND OLD.state <> 'sending') EXECUTE FUNCTION chaos.hold(9);
CREATE TRIGGER chaos_9_new BEFORE INSERT ON deliveries FOR EACH ROW WHEN (NEW.state = 'sending') EXECUTE FUNCTION chaos.hold(9);
CREATE TRIGGER chaos_12 BEFORE UPDATE ON deliveries FOR EACH ROW
    WHEN (OLD.state = 'sending' AND NEW.state <> 'sending') EXECUTE FUNCTION chaos.hold(12);
CREATE TRIGGER chaos_13 AFTER UPDATE ON deliveries FOR EACH ROW
    WHEN (OLD.state = 'sending' AND NEW.state <> 'sending') EXECUTE FUNCTION chaos.tell(13);
CREATE TRIGGER chaos_claim AFTER UPDATE ON deliveries FOR EACH ROW
    WHEN (NEW.state = 'sending' AND OLD.state <> 'sending') EXECUTE FUNCTION chaos.note_claim();
CREATE TRIGGER chaos_claim_new AFTER INSERT ON deliveries FOR EACH ROW
    WHEN (NEW.state = 'sending') EXECUTE FUNCTION chaos.note_claim();
CREATE TRIGGER chaos_doubt AFTER UPDATE ON deliveries FOR EACH ROW
    WHEN (NEW.state = 'unknown' AND OLD.state <> 'unknown') EXECUTE FUNCTION chaos.note_doubt();
