BEGIN TRANSACTION;
CREATE TABLE accounts (
        id integer primary key, service text not null, name text not null, host text not null,
        unique (service, name, host)
    );
INSERT INTO "accounts" VALUES(1,'promptforge','team','api.promptforge.example:8443');
INSERT INTO "accounts" VALUES(2,'freeplay','api.freeplay.example:8443','api.freeplay.example:8443');
INSERT INTO "accounts" VALUES(3,'fryte','api.fryte.example:8443','api.fryte.example:8443');
CREATE TABLE buckets (
        name text primary key, most real, burst real, rate real, at real, gain real, next real, closed real, cut real,
        seen real, used real
    ) without rowid;
INSERT INTO "buckets" VALUES('fryte api.fryte.example:8443 list 120/60',1.98333333333333339254e+00,1.0,1.98333333333333339254e+00,-9e999,0.0,1.7672257005042016506e+09,-9e999,-9e999,1.0,1767225700.0);
INSERT INTO "buckets" VALUES('fryte api.fryte.example:8443 look 120/60',1.98333333333333339254e+00,1.0,1.98333333333333339254e+00,-9e999,0.0,1.7672257005042016506e+09,-9e999,-9e999,1.0,1767225700.0);
INSERT INTO "buckets" VALUES('promptforge api.promptforge.example:8443#0123456789abcdef all 21/1',20.0,1.0,20.0,-9e999,0.0,1767225700.05,-9e999,-9e999,1.0,1767225700.0);
INSERT INTO "buckets" VALUES('refused once',5.0,1.0,0.5,1767225700.0,8.33333333333333321768e-03,1767225704.0,1767225704.0,1767225700.0,1.0,1767225700.0);
CREATE TABLE jobs (
        id integer primary key, key text, account integer not null references accounts, job_id text, ids text,
        started real, submitted integer not null default 0, deadline real, state text not null, owner text,
        lease real, token text, reason text, polls integer, errors integer, seen_at real, delivered integer
    );
INSERT INTO "jobs" VALUES(1,'mine',1,'p-1',NULL,1767225600.25,1,1767229200.0,'waiting',NULL,1767225760.0,'{"jobwait":1,"service":"promptforge","host":"api.promptforge.example:8443","ids":{"job_id":"p-1"},"started":1767225600.25,"submitted":true,"seen":false,"deadline":1767229200.0,"looks":0,"errors":0,"last_look":null,"state":"queued","cancel_asked":false,"learnt":{"phased":true,"at":0.0,"waiting":true,"until":null,"began":null,"progress":null,"shown":null,"moved":0.0,"tally":{"units":0.0,"seconds":0.0,"squares":0.0,"looks":0.0},"size":null},"check":"e31f3b4cdcf96201"}',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES(2,NULL,2,'o-1','{"project_id": "pr-1", "job_id": "o-1"}',NULL,0,NULL,'waiting',NULL,1767225760.0,'{"jobwait":1,"service":"freeplay","host":"api.freeplay.example:8443","ids":{"project_id":"pr-1","job_id":"o-1"},"started":null,"submitted":false,"seen":false,"deadline":null,"looks":0,"errors":0,"last_look":null,"state":"queued","cancel_asked":false,"learnt":{"phased":false,"at":0.0,"waiting":true,"until":null,"began":null,"progress":null,"shown":null,"moved":0.0,"tally":{"units":0.0,"seconds":0.0,"squares":0.0,"looks":0.0},"size":null},"check":"3afc32bbe1f3979c"}',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES(3,NULL,3,'f-1','{"job_id": "f-1", "user_id": "7"}',NULL,0,NULL,'waiting',NULL,1767225760.0,'{"jobwait":1,"service":"fryte","host":"api.fryte.example:8443","ids":{"job_id":"f-1","user_id":"7"},"started":null,"submitted":false,"seen":false,"deadline":null,"looks":0,"errors":0,"last_look":null,"state":"queued","cancel_asked":false,"learnt":{"phased":false,"at":0.0,"waiting":true,"until":null,"began":null,"progress":null,"shown":null,"moved":0.0,"tally":{"units":0.0,"seconds":0.0,"squares":0.0,"looks":0.0},"size":null},"check":"d756e52287918da5"}',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES(4,'told',1,'p-2',NULL,NULL,0,NULL,'failed',NULL,NULL,NULL,'promptforge job p-2 ended as FAILED: no such model',9,1,1767225690.5,0);
INSERT INTO "jobs" VALUES(5,NULL,1,'p-3',NULL,NULL,0,NULL,'succeeded',NULL,NULL,NULL,NULL,9,1,1767225691.5,1);
INSERT INTO "jobs" VALUES(6,'meant',1,NULL,NULL,1767225601.0,0,NULL,'intent','elsewhere:1:2',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES(7,'lost',1,NULL,'{"job_id": "p-9"}',1767225602.0,0,NULL,'unresolved',NULL,NULL,NULL,'no certain answer came',NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES(8,NULL,1,NULL,NULL,1767225603.0,0,NULL,'refused',NULL,NULL,NULL,'400 Bad Request',NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES(9,'taken',1,'p-4',NULL,NULL,1,NULL,'waiting',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE pasts (
        id integer primary key, service text not null, host text not null, size real, duration real not null,
        honest integer, early integer not null
    );
INSERT INTO "pasts" VALUES(1,'promptforge','api.promptforge.example:8443',100.0,60.5,1,0);
INSERT INTO "pasts" VALUES(2,'promptforge','api.promptforge.example:8443',NULL,30.25,NULL,1);
INSERT INTO "pasts" VALUES(3,'promptforge','api.promptforge.example:8443',50.0,20.5,0,0);
CREATE UNIQUE INDEX jobs_by_key on jobs (key) where key is not null;
CREATE UNIQUE INDEX jobs_by_id on jobs (account, job_id) where job_id is not null;
CREATE INDEX jobs_waiting on jobs (id) where state = 'waiting';
CREATE INDEX jobs_in_doubt on jobs (id) where state in ('intent', 'unresolved');
CREATE INDEX jobs_undelivered on jobs (id) where delivered = 0;
CREATE INDEX pasts_by_service on pasts (service, host, id);
COMMIT;
PRAGMA application_id = 1785684599;
PRAGMA user_version = 1;
