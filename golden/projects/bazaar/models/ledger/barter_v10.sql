select * from {{ ref('barter', v='2024a') }}
