-- Fences rise over all targets, so that a new one needs no lock and no look at those before it. The first is above every one that was given.
CREATE SEQUENCE "action_fence";
SELECT setval('"action_fence"', (SELECT COALESCE(MAX("fence"), 0) + 1 FROM "action"));
