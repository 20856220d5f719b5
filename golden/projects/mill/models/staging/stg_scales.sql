{% set scales = source('scale', 'scales') %}
select
    id as scale_id,
    place,
    max_kilos
from {{ scales }}