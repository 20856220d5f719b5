select {{ function('twice') }}(id) as id from {{ ref('haggle') }} join {{ ref('haggle', v=1) }} using (id)
