-- Which table it reads is not written here.
select id as chosen_id
from {{ source('scale', var('chosen_table')) }}
