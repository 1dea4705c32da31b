"""
Waits on an engine that spans machines: `jobwait.engines.temporal` and `jobwait.engines.airflow`.

Each needs its extra and is imported only on request. The engine stores batches of job ids, the state of their waits and
their outcomes: plain values without an API key. jobwait's own fleet sends the status requests.
"""
