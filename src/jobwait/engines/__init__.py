"""
The same waits on an engine that spans machines: `jobwait.engines.temporal`, `jobwait.engines.airflow`.

Each needs its extra, and nothing here is imported before somebody asks for it. An engine keeps batches of job ids,
where their waits stand, and how they ended: plain values without a key. Looks are sent by jobwait's own fleet.
"""
