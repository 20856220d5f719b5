select cast(day as date) as date_day
from generate_series(date '2024-04-28', date '2024-05-04', interval 1 day) as days (day)
