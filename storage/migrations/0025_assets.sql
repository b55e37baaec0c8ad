-- Pictures that a model made: how they are marked, who looked at them, what they were made of and for whom; and what each platform
-- was given of them.

-- `moderation`: 'unneeded' for pictures that nobody's model made. `job_id`: the job that made it, whose row holds the prompt and the
-- message it was asked for in. `model`, `made_at`: told again when it is signed again for a platform. `made_for`: the fan whose words
-- it was made from; it goes with them, is shown to nobody else and is never part of a pack.
ALTER TABLE assets
    ADD COLUMN made_by_ai boolean NOT NULL DEFAULT false,
    ADD COLUMN marks text[] NOT NULL DEFAULT '{}',
    ADD COLUMN thumbnail_key text,
    ADD COLUMN moderation text NOT NULL DEFAULT 'unneeded' CHECK (moderation IN ('unneeded', 'passed', 'held', 'refused')),
    ADD COLUMN reasons text[] NOT NULL DEFAULT '{}',
    ADD COLUMN judged_by text,
    ADD COLUMN judged_at timestamptz,
    ADD COLUMN job_id uuid,
    ADD COLUMN model text,
    ADD COLUMN made_at timestamptz,
    ADD COLUMN made_for uuid REFERENCES fans ON DELETE CASCADE,
    ADD CHECK (NOT made_by_ai OR (moderation <> 'unneeded' AND model IS NOT NULL AND made_at IS NOT NULL));
CREATE INDEX assets_held ON assets (agency_id, created_at) WHERE moderation = 'held';
CREATE INDEX assets_of_job ON assets (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX assets_made_for ON assets (made_for) WHERE made_for IS NOT NULL;

-- A picture as one platform takes it.
CREATE TABLE asset_variants (
    asset_id uuid NOT NULL REFERENCES assets ON DELETE CASCADE,
    platform text NOT NULL,
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    blob_key text NOT NULL,
    sha256 bytea NOT NULL,
    mime text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    bytes bigint NOT NULL,
    marks text[] NOT NULL DEFAULT '{}',
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (asset_id, platform)
);
ALTER TABLE asset_variants ENABLE ROW LEVEL SECURITY;
CREATE POLICY agency ON asset_variants TO muse_app USING (agency_id = current_agency()) WITH CHECK (agency_id = current_agency());
GRANT SELECT, INSERT, UPDATE, DELETE ON asset_variants TO muse_app;

-- A made picture's row goes, and so do its files, whichever way the row went. They lie in folders of one influencer's or one picture's
-- own, so that no other agency names them; older keys (`assets/<sha256>`) may be shared between agencies and stay. An agency that is
-- deleted as a whole takes its notes of files along: they are its operator's to remove.
CREATE FUNCTION drop_asset_files() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    gone text[] := ARRAY[OLD.blob_key];
BEGIN
    IF TG_TABLE_NAME = 'assets' THEN
        gone := gone || OLD.thumbnail_key;
    END IF;
    gone := ARRAY(SELECT k FROM unnest(gone) AS k WHERE (k LIKE 'made/%' OR k LIKE 'variants/%')
        AND NOT EXISTS (SELECT FROM assets a WHERE a.blob_key = k OR a.thumbnail_key = k)
        AND NOT EXISTS (SELECT FROM asset_variants v WHERE v.blob_key = k));
    IF cardinality(gone) > 0 AND EXISTS (SELECT FROM agencies a WHERE a.id = OLD.agency_id) THEN
        INSERT INTO pending_deletions (id, agency_id, kind, items)
            VALUES (uuid_of(clock_timestamp(), true), OLD.agency_id, 'blob', gone);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER drop_files AFTER DELETE ON assets FOR EACH ROW EXECUTE FUNCTION drop_asset_files();
CREATE TRIGGER drop_files AFTER DELETE ON asset_variants FOR EACH ROW EXECUTE FUNCTION drop_asset_files();
CREATE INDEX assets_by_file ON assets (blob_key);
CREATE INDEX assets_by_thumbnail ON assets (thumbnail_key) WHERE thumbnail_key IS NOT NULL;
CREATE INDEX variants_by_file ON asset_variants (blob_key);

-- What is sold to many was made for nobody in particular, and somebody or something has passed it.
CREATE FUNCTION check_sold_asset() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE
    wanted uuid := CASE WHEN TG_TABLE_NAME = 'packs' THEN (to_jsonb(NEW) ->> 'preview_asset_id')::uuid
        ELSE (to_jsonb(NEW) ->> 'asset_id')::uuid END;
BEGIN
    IF EXISTS (SELECT FROM assets a WHERE a.id = wanted AND (a.made_for IS NOT NULL OR a.moderation IN ('held', 'refused'))) THEN
        RAISE EXCEPTION 'a picture that was made for one fan, is held or was refused is in no pack' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_asset BEFORE INSERT OR UPDATE OF asset_id ON pack_items FOR EACH ROW EXECUTE FUNCTION check_sold_asset();
CREATE TRIGGER check_asset BEFORE INSERT OR UPDATE OF preview_asset_id ON packs FOR EACH ROW
    WHEN (NEW.preview_asset_id IS NOT NULL) EXECUTE FUNCTION check_sold_asset();

-- A picture that was made for a fan goes with the job that says so: with the fan, and with the turn that ordered it.
CREATE FUNCTION drop_picture() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    DELETE FROM assets a WHERE a.id = OLD.asset_id AND a.made_for IS NOT NULL
        AND NOT EXISTS (SELECT FROM image_jobs j WHERE j.asset_id = a.id);
    RETURN NULL;
END $$;
CREATE TRIGGER drop_picture AFTER DELETE ON image_jobs FOR EACH ROW WHEN (OLD.asset_id IS NOT NULL) EXECUTE FUNCTION drop_picture();
