from _other_pipeline import weekly

print(weekly)
