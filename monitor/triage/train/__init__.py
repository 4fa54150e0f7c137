"""Training of tier A: `python -m monitor.triage.train --data DIR`. Needs scikit-learn, which the product does not."""
