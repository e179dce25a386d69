-- Which entries of the log were one change of many, and which one was taken back by another. A batch
-- has the number of its first entry; both are part of the hash where there is one of them.

ALTER TABLE audit ADD COLUMN batch INTEGER;

ALTER TABLE audit ADD COLUMN undoes INTEGER;
