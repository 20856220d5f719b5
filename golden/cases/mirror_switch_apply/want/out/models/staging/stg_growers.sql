select
    id as grower_id,
    name as grower_name,
    village,
    organic,
    "Since Year" as since_year
from {{ ref("raw_farm__growers") }}
