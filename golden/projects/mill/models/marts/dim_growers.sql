{{ config(post_hook="select count(*) from {{ source('farm', 'growers') }}") }}

select
    growers.grower_id,
    growers.grower_name,
    growers.village,
    growers.since_year,
    first_growers.grower_id is not null as was_first
from {{ ref('stg_growers') }} as growers
left join {{ ref('sieve_first_growers') }} as first_growers on growers.grower_id = first_growers.grower_id
