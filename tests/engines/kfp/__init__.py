"""KFP: conditions and loops on its local engine."""
