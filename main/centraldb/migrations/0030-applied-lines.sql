-- How often a line was changed within the last day, by every desk: only the changes of a day are looked at.
create index m2m_device_change_applied on m2m_device_change (applied_at) where applied_at is not null;
