-- Masks and poses that operators draw: recorded like faces, with who says that they show nobody, and as revocable.

ALTER TABLE picture_references DROP CONSTRAINT picture_references_kind_check, DROP CONSTRAINT picture_references_ground_check;
ALTER TABLE picture_references
    ADD CONSTRAINT picture_references_kind_check CHECK (kind IN ('face', 'lora', 'mask', 'pose')),
    ADD CONSTRAINT picture_references_ground_check CHECK (ground IN ('generated', 'consenting_adult_owner', 'drawn')),
    ADD CONSTRAINT drawings_are_drawn CHECK ((ground = 'drawn') = (kind IN ('mask', 'pose')));
