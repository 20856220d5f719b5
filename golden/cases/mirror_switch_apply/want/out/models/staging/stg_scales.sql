{% set scales = ref('raw_scale__scales') %}
select
    id as scale_id,
    place,
    max_kilos
from {{ scales }}