{# Reads a source without a staging model between: staging.*+ does not select it. #}
select
    types.code,
    types."Long Name" as long_name,
    types.grade,
    prices.cents
from {{ ref('raw_farm__grain_types') }} as types
left join {{ ref('prices') }} as prices on types.code = prices.code
