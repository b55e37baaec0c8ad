-- What is dropped after a try that may have arrived did not surely stay away: it is unknown, and a person sees it.

CREATE FUNCTION keep_doubt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.state := 'unknown';
    NEW.error := 'An earlier try may have arrived; it is not repeated: ' || coalesce(NEW.error, 'given up');
    RETURN NEW;
END $$;

CREATE TRIGGER deliveries_keep_doubt BEFORE UPDATE OF state ON deliveries FOR EACH ROW
    WHEN (OLD.state = 'pending' AND NEW.state = 'dropped' AND OLD.error_class = 'OutcomeUnknown') EXECUTE FUNCTION keep_doubt();
