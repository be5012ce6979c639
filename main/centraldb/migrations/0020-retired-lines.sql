-- A line that was deleted at the carrier is deleted here too, when its identifiers go to another line. What was once done to
-- it stays told: a device change names its line by number, also when the line is gone.
alter table m2m_device_change drop constraint m2m_device_change_provider_id_device_id_fkey;
