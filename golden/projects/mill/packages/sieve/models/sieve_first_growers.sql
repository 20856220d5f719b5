select id as grower_id
from {{ source('farm', 'growers') }}
where updated_at = (select min(updated_at) from {{ source('farm', 'growers') }})
