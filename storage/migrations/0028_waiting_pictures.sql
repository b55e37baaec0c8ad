-- A fan whose picture waits for a person hears so once. `waits_told_at`: when that was said, or that there was nobody to say it to.

ALTER TABLE image_jobs ADD COLUMN waits_told_at timestamptz;

CREATE INDEX image_jobs_held ON image_jobs (agency_id, created_at) WHERE state = 'held';

GRANT SELECT (created_at, waits_told_at) ON image_jobs TO muse_sweep;
