with recursive days as (

    select 0 as n
    union all
    select n + 1 from days where n < 6

)

select cast('2024-04-29' as date) + n as date_day
from days
