select
    id as store_id,
    name as store_name,
    region,
    manager,
    updated_at
from {{ source('raw_market', 'stores') }}
