select * from {{ ref('scales') }} where id is null
