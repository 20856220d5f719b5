-- One row of {{ ref('raw_farm__deliveries') }}, nothing of {# {{ source('farm', 'letters') }} #}them.
select
    id as delivery_id,
    grower_id,
    grain,
    kilos,
    cast(moisture / 100 as decimal(6, 3)) as moisture_share,
    delivered_on,
    loaded_at,
    '{% raw %}{{ source("farm", "deliveries") }}{% endraw %}' as written_as
from {{ ref('raw_farm__deliveries') }}
