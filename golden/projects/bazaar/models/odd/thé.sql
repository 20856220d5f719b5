select * from {{ ref('tent_[a]') }}
