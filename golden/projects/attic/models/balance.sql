{{ config(materialized='table', tags=['mart']) }}

-- A balance that goes on from its own last row, in a table that is not incremental.
select coalesce((select max(balance) from {{ this }}), 0) + sum(amount) as balance
from {{ source('chest', 'coins') }}
